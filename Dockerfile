# The image of web, worker and beat: same code, one command each (docker-compose.yml).
FROM python:3.11-slim-bookworm AS build
COPY requirements/base.txt /tmp/base.txt
RUN python -m venv /opt/portail \
 && /opt/portail/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/base.txt

FROM python:3.11-slim-bookworm
# Pango draws the PDFs, LibreOffice turns the documents of the agents into PDF; the rest is Python.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    libreoffice-writer-nogui fonts-liberation fonts-crosextra-carlito tesseract-ocr tesseract-ocr-fra \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /var/lib/portail --create-home portail
COPY --from=build /opt/portail /opt/portail
COPY . /srv/portail
WORKDIR /srv/portail
ENV PATH=/opt/portail/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PORTAIL_DOSSIER_VAR=/var/lib/portail \
    XDG_CACHE_HOME=/tmp/cache
USER portail
# Created here so that a named volume mounted on them belongs to this account.
RUN mkdir /var/lib/portail/pieces /var/lib/portail/static
EXPOSE 8000
CMD ["gunicorn", "config.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--no-control-socket", \
     "--timeout", "60", "--graceful-timeout", "20", "--max-requests", "5000", "--max-requests-jitter", "500"]
