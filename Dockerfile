# longreader's service; the model server is another container. Two stages: what compiles or downloads stays behind.

FROM python:3.11.15-slim-bookworm AS build
# The index of PyTorch's CPU builds, as its install page names it. Without it PyPI's CUDA build comes along: 5 GB.
ARG TORCH_INDEX_URL=""
RUN python -m venv /opt/longreader
WORKDIR /source
COPY constraints.txt .
RUN /opt/longreader/bin/pip install --no-cache-dir ${TORCH_INDEX_URL:+--index-url "$TORCH_INDEX_URL"} \
        "$(grep '^torch==' constraints.txt)"
COPY pyproject.toml README.md LICENSE ./
COPY library library
COPY app app
COPY agents agents
COPY graph_store graph_store
COPY prompts prompts
# Not the extra `cpu`: it brings llama.cpp, and the model is served elsewhere.
RUN /opt/longreader/bin/pip install --no-cache-dir --constraint constraints.txt '.[service,postgres]' faiss-cpu

FROM python:3.11.15-slim-bookworm
RUN apt-get update \
    && apt-get install --yes --no-install-recommends tesseract-ocr \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home --home-dir /data longreader
COPY --from=build /opt/longreader /opt/longreader
ENV PATH=/opt/longreader/bin:$PATH \
    LONGREADER_DATA_FOLDER=/data \
    LONGREADER_SERVICE__HOST=0.0.0.0 \
    PYTHONUNBUFFERED=1
USER longreader
VOLUME /data
EXPOSE 8420
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["python", "-m", "longreader.app.healthcheck", "/healthz"]
ENTRYPOINT ["longreader"]
CMD ["serve"]
