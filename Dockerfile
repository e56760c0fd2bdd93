# The machine with this course: for workers on Kubernetes or elsewhere, and to grade on any Linux with a container engine.
# It holds hidden checks and solutions, so its registry is the staff's alone. It needs no privileges, and runs as an
# ordinary user; `docker run IMAGE` says what isolates student code there. docs/scaling.md uses it.
#
#   docker build -t course .
#   docker run --init --volume "$PWD/class:/class" course autograder grade 01-convolution --course /class
#
# Debian's own Python, so that the same steps can be run in a folder made of Debian's packages (tests/containers).
FROM debian:12.12-slim AS base
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ca-certificates libseccomp2 python3 \
    && rm -rf /var/lib/apt/lists/*

FROM base AS libraries
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3-venv \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/course
COPY constraints.txt pyproject.toml LICENSE ./
COPY autograder autograder
# grading alone is enough for the assignments in NumPy; cluster is for workers, postgresql for a gradebook there.
ARG EXTRAS=grading,torch,tensorflow,cluster,postgresql
RUN python3 -m venv .venv \
    && .venv/bin/python -m pip install --quiet --no-cache-dir -c constraints.txt setuptools wheel \
    && .venv/bin/python -m pip install --quiet --no-cache-dir -c constraints.txt --no-build-isolation -e ".[$EXTRAS]"

FROM base
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin grader \
    && install --directory --owner 10001 --group 10001 /class
WORKDIR /srv/course
COPY --from=libraries /srv/course /srv/course
COPY nbgrader_config.py README.md ./
COPY docs/kit.md docs/student-guide.md docs/
COPY course course
COPY solutions solutions
COPY assignments assignments
RUN .venv/bin/python -m compileall -q autograder course && chmod -R go=rX .
ENV PATH=/srv/course/.venv/bin:/usr/local/bin:/usr/bin:/bin PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
CMD ["autograder", "doctor"]
