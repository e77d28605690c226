# Node runs the TypeScript sources as they are, so there is nothing to build: one stage fetches packages, one gathers what Node
# needs of a system, and the image has these two and the sources. It has no package manager and hardly any program but Node.
FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /eventops
COPY package.json package-lock.json .npmrc ./
COPY console/package.json ./console/
# Without the optional packages, which are Node itself, and without what only people and other tools read: a third of all.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund && npm cache clean --force \
  && find node_modules -type f \( -name '*.map' -o -name '*.ts' -o -name '*.cts' -o -name '*.mts' -o -name '*.md' \) -delete \
  && find node_modules -type d \( -name test -o -name tests -o -name examples -o -name benchmarks -o -name @types -o -name dist-es \) -prune -exec rm -r {} +

FROM node:24.21.0-bookworm-slim AS console
WORKDIR /eventops
COPY package.json package-lock.json .npmrc ./
COPY console/package.json ./console/
RUN npm ci --workspace console --include-workspace-root=false --ignore-scripts --no-audit --no-fund
COPY console ./console
# It verifies receipts with the same canonical JSON.
COPY src ./src
RUN cd console && ../node_modules/.bin/vite build --logLevel error

FROM node:24.21.0-bookworm-slim AS system
# Node, a shell for bin/eventops with what it calls, and the libraries that these name themselves. Node has its own certificates.
# Names are asked for with the C library's own files and DNS.
RUN mkdir -p /system/tmp /system/data /system/etc/ssl/certs /system/usr/bin /system/usr/lib /system/usr/lib64 \
  && chmod 1777 /system/tmp && chown node:node /system/data \
  && ln -s usr/bin usr/lib usr/lib64 /system \
  && cp /bin/sh /usr/bin/readlink /usr/bin/dirname /usr/bin/env /usr/local/bin/node /system/usr/bin \
  && cp --parents $(ldd /system/usr/bin/* | grep -oE '/[^ ]+\.so[^ ]*' | sort -u) /system \
  && grep -E '^(root|node):' /etc/passwd > /system/etc/passwd && grep -E '^(root|node):' /etc/group > /system/etc/group \
  && echo 'hosts: files dns' > /system/etc/nsswitch.conf && cp /etc/debian_version /etc/os-release /system/etc

FROM scratch
COPY --from=system /system /
LABEL org.opencontainers.image.title="EventOps" \
  org.opencontainers.image.description="Takes events over HTTP, sees each one through to an end, and can prove afterwards what happened" \
  org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /eventops
COPY --from=packages /eventops/node_modules ./node_modules
COPY package.json eventops.config.ts ./
COPY bin ./bin
COPY migrations ./migrations
COPY src ./src
# The API serves both.
COPY docs/openapi.json ./docs/openapi.json
COPY --from=console /eventops/console/dist ./console/dist
# The default configuration has their handlers.
COPY examples/github/handlers.ts ./examples/github/handlers.ts

# The one folder that is written to; a volume, so that the rest may be read-only.
VOLUME /data
ENV PATH=/usr/bin DATA_DIR=/data HOST=0.0.0.0 PORT=8000 METRICS_HOST=0.0.0.0 METRICS_PORT=9464
USER node
EXPOSE 8000 9464

# Every role has this port. Health, not readiness: a process that waits for a server is not to be killed for it.
# A first start takes half a minute where the machine has much else to do.
HEALTHCHECK --interval=5s --timeout=3s --retries=12 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.METRICS_PORT + '/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/eventops/bin/eventops"]
CMD ["start"]
