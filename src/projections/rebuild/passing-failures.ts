/** What waiting, another process or an operator ends: it never counts towards giving a rebuild up. */
export abstract class PassingFailure extends Error {}

/** Something that another process, or an operator, has to see to. */
export class NotPossibleHere extends PassingFailure {
  override readonly name = 'NotPossibleHere';
}

/** The two copies are not of one position of the log at this moment. */
export class FellBehind extends PassingFailure {
  override readonly name = 'FellBehind';
}
