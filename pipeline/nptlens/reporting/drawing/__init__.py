"""Pictures drawn with matplotlib: a canvas that gives tidy SVG and PNG, and the plots of the report and of a validation."""
