import { z } from 'zod';
import { RECEIPT_FORMAT } from '../../application/transparency/receipts.ts';
import { eventAnswer } from './event.ts';
import { exampleHistory, sha256, transitionFields } from './history.ts';
import { times } from './times.ts';

const { data, ...others } = transitionFields;

const item = z
  .strictObject({
    ...others,
    proof: z.string().describe('C2SP tlog-proof: that the transition is under the checkpoint at its end.'),
    data: data.optional(),
    dataSha256: sha256.optional().describe('Instead of `data`, for whoever lacks the permission `payloads:read`.'),
  })
  .meta({
    id: 'ProvenTransition',
    description: `A transition of a history, and that it is under a checkpoint. ${times}`,
  });

export const receiptAnswer = z
  .strictObject({
    format: z.literal(RECEIPT_FORMAT),
    items: z.array(item).min(1).describe('From revision 0 on, without gaps.'),
    newestRevision: z
      .int()
      .min(0)
      .describe('Of the history: larger than that of the last item while the end is under no checkpoint yet.'),
  })
  .meta({ id: 'Receipt', description: 'Proves itself without EventOps: docs/audit.md says how.' });

const [exampleItem] = exampleHistory.items;

export const exampleReceipt = {
  format: RECEIPT_FORMAT,
  items: [
    {
      ...exampleItem,
      proof:
        'c2sp.org/tlog-proof@v1\nindex 1\nLx0Mm4p/bl1MOyoZCAf25dTDsqGQgH9uXUw7KhkIBwY=\n\nlocalhost/audit\n2\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— localhost/audit Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n',
    },
  ],
  newestRevision: 0,
};

export const sentEventAnswer = eventAnswer
  .extend({ receipt: receiptAnswer.optional().describe('For whoever asked for it with `Prefer: receipt`, in time.') })
  .meta({ id: 'SentEvent', description: 'The event, for who has just sent it.' });

export const preferenceApplied = z.literal('receipt').optional().describe('That the receipt is in the answer.');
