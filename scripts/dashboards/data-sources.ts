/** As infra/grafana/provisioning/datasources has them. */
export const metrics = { type: 'prometheus', uid: 'eventops-metrics' } as const;
export const traces = { type: 'jaeger', uid: 'eventops-traces' } as const;
