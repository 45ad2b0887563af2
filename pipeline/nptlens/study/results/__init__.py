"""Write what a person reads into results/, and read back what people wrote there."""
