#!/usr/bin/env bash
# enter.sh SCRATCH COMMAND...: in a mount namespace of its own, as root, runs a command in a copy-on-write view of this
# machine, in which /autograder is SCRATCH/autograder: the layout of Gradescope's container. Nothing of it stays but what
# is written to /autograder.
set -euo pipefail
scratch=$1
shift
mkdir -p "$scratch/layer"
mount -t tmpfs none "$scratch/layer"
mkdir "$scratch/layer/upper" "$scratch/layer/work" "$scratch/layer/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$scratch/layer/upper,workdir=$scratch/layer/work" "$scratch/layer/root"
for folder in dev proc sys; do mount --rbind "/$folder" "$scratch/layer/root/$folder"; done
mkdir "$scratch/layer/root/autograder"
mount --bind "$scratch/autograder" "$scratch/layer/root/autograder"
exec chroot "$scratch/layer/root" "$@"
