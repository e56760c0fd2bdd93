"""The warm server as a Jupyter kernel provisioner, so that whatever starts kernels can start a confined one.

A kernelspec asks for it with

    "metadata": {
      "kernel_provisioner": {"provisioner_name": "autograder-sandbox", "config": {"runtime": "numpy"}}
    }

The grader itself uses `start_kernel`, which is the same without a kernel manager around it.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from traitlets import Dict, Enum, List, Unicode

from .client import SandboxKernel
from .limits import Limits
from .policy import RUNTIMES, Policy
from .setup import KernelSetup
from .warm_pool import WarmPool

_pools: dict[tuple[str, str], WarmPool] = {}


def start_kernel(runtime: str, setup: KernelSetup, *, connect: bool = True) -> SandboxKernel:
    """A kernel from this process's warm server for `runtime`, started at the first call and kept."""
    key = (runtime, setup.policy.isolation)
    if key not in _pools:
        _pools[key] = WarmPool(runtime, setup.policy.isolation, setup.policy.forbidden)
    return _pools[key].start(setup, connect=connect)


def close_pools() -> None:
    """Ends the warm servers that `start_kernel` started."""
    while _pools:
        _pools.popitem()[1].close()


class WarmProvisioner(KernelProvisionerBase):
    """Starts kernels from a warm server, with `Limits` and `Policy` given in the kernelspec's `config`."""

    runtime = Enum(RUNTIMES, "numpy", config=True, help="Libraries that the kernel has imported.")
    isolation = Enum(
        ("required", "off"), "required", config=True, help="Refuse to start unconfined, or do not confine."
    )
    forbidden = List(Unicode(), config=True, help="Libraries that can neither be imported nor read.")
    limits = Dict(config=True, help="Fields of `Limits` that differ from the defaults.")
    work = Unicode("", config=True, help="The kernel's working folder; a temporary one where empty.")
    kernel: SandboxKernel | None = None

    @property
    def has_process(self) -> bool:
        """Whether there is a kernel."""
        return self.kernel is not None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """There is no command, since the kernel is forked, and no `cwd`: it has a folder of its own."""
        return await super().pre_launch(cmd=[], **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Starts the kernel; returns its connection info."""
        work = Path(self.work or tempfile.mkdtemp(prefix="cnn-"))
        isolation: Any = self.isolation  # one of the two, says the trait
        policy = Policy(forbidden=tuple(self.forbidden), isolation=isolation)
        setup = KernelSetup(Limits.from_dict(self.limits), policy, work)
        self.kernel = await asyncio.to_thread(start_kernel, self.runtime, setup, connect=False)
        self._work = work
        connection: Any = {**self.kernel.connection, "key": self.kernel.connection["key"].encode()}
        self.connection_info = connection
        return self.connection_info

    async def poll(self) -> int | None:
        """None while the kernel runs, else its exit code."""
        if self.kernel is None:
            return 0
        return None if self.kernel.alive() else (self.kernel.status or 0)

    async def wait(self) -> int | None:
        """Waits until the kernel has ended; returns its exit code."""
        while (code := await self.poll()) is None:
            await asyncio.sleep(0.02)
        return code

    async def send_signal(self, signum: int) -> None:
        """Interrupts for SIGINT; every other signal ends the kernel."""
        if self.kernel is None or signum == 0:
            return
        if signum == signal.SIGINT:
            self.kernel.interrupt()
        else:
            await asyncio.to_thread(self.kernel.kill)

    async def kill(self, restart: bool = False) -> None:
        """Ends the kernel and everything it started."""
        await self.send_signal(signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:
        """Ends the kernel and everything it started."""
        await self.send_signal(signal.SIGTERM)

    async def cleanup(self, restart: bool = False) -> None:
        """Removes all that the kernel made."""
        if self.kernel is not None:
            await asyncio.to_thread(self.kernel.shutdown)
            shutil.rmtree(self._work, ignore_errors=True)
            self.kernel = None
