# later: lost
# reason: malformed|memory|died|none
"""A reply of 100 MB is named by two hundred arrays, each as large as all of it."""
def patched():
    agent = get_ipython().kernel._agent
    def answer(header, payload):
        node = {"t": "array", "d": "|u1", "s": [100_000_000], "o": 0}
        return {"id": header.get("id"), "ok": {"t": "list", "v": [node] * 200}}, bytearray(100_000_000)
    agent.answer = answer

def output_size(*a, **k):
    patched()
    return 1
