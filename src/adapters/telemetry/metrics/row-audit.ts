import { Counter, Gauge, type Registry } from 'prom-client';

export function rowAuditMetrics(registry: Registry): (compared: number, different: number) => void {
  const registers = [registry];
  const compared = new Counter({
    name: 'eventops_rows_compared_total',
    help: 'Rows of events that were held against their histories.',
    registers,
  });
  const different = new Gauge({
    name: 'eventops_rows_different',
    help: 'Rows of events that were found not to be what their histories say, and still are not.',
    registers,
  });
  return (rows, ofThese) => {
    compared.inc(rows);
    different.set(ofThese);
  };
}
