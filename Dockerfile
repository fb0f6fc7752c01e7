# Unbuilt so far: no Docker engine was at hand. Every step is a command that .ci/run also runs.
FROM python:3.11-slim AS build
WORKDIR /src
COPY . .
RUN python3 -m venv /opt/streambot && /opt/streambot/bin/pip install --no-cache-dir -c constraints.txt .

FROM python:3.11-slim
RUN useradd --create-home --uid 10001 streambot && install -d -o streambot /data
COPY --from=build /opt/streambot /opt/streambot
ENV PATH=/opt/streambot/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    STREAMBOT_STORAGE__DB=/data/streambot.db
USER streambot
VOLUME /data
EXPOSE 8765
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8765/-/health', timeout=2)"]
ENTRYPOINT ["streambot"]
# The pages listen on loopback inside the container: publish them through a proxy in the same network namespace, or set
# STREAMBOT_CONSOLE__HOST=0.0.0.0 together with STREAMBOT_CONSOLE__REQUIRE_TOKEN=true.
CMD ["demo", "--no-open"]
