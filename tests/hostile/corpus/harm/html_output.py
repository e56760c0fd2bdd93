# score: full
"""Script, event handlers and frames in rich outputs: shown to nobody as such."""
from IPython.display import HTML, Javascript, SVG, Markdown, display
display(HTML("<script>window.HOSTILE = 1</script><img src=x onerror='window.HOSTILE = 2'>"))
display(Javascript("window.HOSTILE = 3"))
display(SVG("<svg xmlns='http://www.w3.org/2000/svg' onload='window.HOSTILE = 4'/>"))
display(Markdown("[x](javascript:window.HOSTILE=5) <iframe src='javascript:window.HOSTILE=6'></iframe>"))
#: right
