# score: full
"""plt.show(), %matplotlib and a figure."""
get_ipython().run_line_magic("matplotlib", "inline")
import matplotlib.pyplot as plt
plt.plot([1, 2, 3])
plt.show()
#: right
