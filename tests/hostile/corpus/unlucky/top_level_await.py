# score: full
# where: cell
"""await at the top of a cell."""
import asyncio
await asyncio.sleep(0.01)
