# The service without its embedded engine: it works on the Neo4j that VITRINE_GRAPH_URL names.
# For one that can do without, at 100 MB more: docker build --build-arg EMBEDDED_ENGINE=true .

FROM python:3.13-slim-bookworm AS libraries
ARG EMBEDDED_ENGINE=false
COPY requirements.txt /build/
RUN python -m venv --without-pip /opt/venv \
    && python -m pip --python /opt/venv/bin/python install --no-cache-dir --no-compile \
        --disable-pip-version-check --require-hashes --only-binary :all: -r /build/requirements.txt \
    && if [ "$EMBEDDED_ENGINE" != true ]; then \
        python -m pip --python /opt/venv/bin/python uninstall --yes --quiet arcadedb-embedded jpype1; fi

FROM python:3.13-slim-bookworm AS pages
COPY requirements-node.txt /build/
RUN python -m pip install --no-cache-dir --no-compile --disable-pip-version-check --require-hashes \
        --only-binary :all: -r /build/requirements-node.txt
WORKDIR /build/server/web
COPY server/web/package.json server/web/package-lock.json server/web/.npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY schema.graphql /build/
COPY server/web/ ./
RUN npm run generate && npm run build
# The service's code with the pages as they are served, in the place of what they are made of.
COPY server/ /code/server/
RUN rm -r /code/server/web && mkdir /code/server/web && mv dist /code/server/web/

FROM python:3.13-slim-bookworm
RUN groupadd --gid 10001 vitrine \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /app --shell /usr/sbin/nologin vitrine \
    && install --directory --owner=vitrine --group=vitrine --mode=0700 /data
COPY --from=libraries /opt/venv /opt/venv
WORKDIR /app
COPY graph/ graph/
COPY seed/ seed/
COPY --from=pages /code/server/ server/
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    VITRINE_MODE=production \
    VITRINE_HOST=0.0.0.0 \
    VITRINE_PORT=8000 \
    VITRINE_DATA_DIR=/data
# With it the embedded engine starts in half the time.
ARG EMBEDDED_ENGINE=false
RUN if [ "$EMBEDDED_ENGINE" = true ]; then python -m graph.engines.aot_cache; fi
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import http.client as h, os, sys; c = h.HTTPConnection('127.0.0.1', int(os.environ['VITRINE_PORT']), timeout=4); c.request('GET', '/readyz'); sys.exit(c.getresponse().status != 200)"]
ENTRYPOINT ["python", "-m", "server.cli"]
CMD ["run"]
