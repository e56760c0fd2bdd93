# score: full
# where: cell
"""A task on the running loop that outlives its cell."""
import asyncio
background = asyncio.ensure_future(asyncio.sleep(0.01))
