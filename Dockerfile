# Node runs the TypeScript sources as they are, so there is nothing to build: one stage fetches packages, the other has no
# package manager at work and no development packages.
FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /eventops
COPY package.json package-lock.json .npmrc ./
# Without the optional packages, which are Node itself.
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund && npm cache clean --force

FROM node:24.21.0-bookworm-slim
WORKDIR /eventops
COPY --from=packages /eventops/node_modules ./node_modules
COPY package.json eventops.config.ts ./
COPY bin ./bin
COPY migrations ./migrations
COPY src ./src
# The API serves it.
COPY docs/openapi.json ./docs/openapi.json
# The default configuration has their handlers.
COPY examples/github/handlers.ts ./examples/github/handlers.ts

# The one folder that is written to; a volume, so that the rest may be read-only.
RUN mkdir /data && chown node:node /data
VOLUME /data
ENV DATA_DIR=/data HOST=0.0.0.0 PORT=8000 METRICS_HOST=0.0.0.0 METRICS_PORT=9464
USER node
EXPOSE 8000 9464

# Every role has this port. Health, not readiness: a process that waits for a server is not to be killed for it.
HEALTHCHECK --interval=5s --timeout=3s --retries=6 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.METRICS_PORT + '/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/eventops/bin/eventops"]
CMD ["start"]
