# score: full
"""%time, %timeit and a shell command in the cell."""
get_ipython().run_line_magic("time", "sum(range(1000))")
get_ipython().run_line_magic("timeit", "-n1 -r1 sum(range(1000))")
get_ipython().system("ls")
#: right
