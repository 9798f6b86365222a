# Two stages: wheels are built with the tools of the first, the second holds only what runs, as a user without rights.
FROM python:3.11-slim AS build
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY app app
COPY diagnostics diagnostics
COPY demo_data demo_data
RUN pip wheel --constraint constraints.txt --wheel-dir /wheels ".[models,postgres]"

FROM python:3.11-slim
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# The OpenMP runtime that LightGBM and XGBoost are linked with; the slim image lacks it.
RUN apt-get update && apt-get install --yes --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-index --find-links /wheels "run-clinic[models,postgres]" \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin clinic \
    && install -d -o clinic -g clinic -m 0700 /data
USER clinic
WORKDIR /data
VOLUME /data
EXPOSE 8501
# RUN_CLINIC_SECRET has no default on purpose: without one the server refuses to listen beyond the container.
ENV RUN_CLINIC_HOME=/data
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/healthz', timeout=4)"]
ENTRYPOINT ["run-clinic", "serve", "--host", "0.0.0.0", "--port", "8501"]
