/** How late the one thread is on which everything runs. */
export interface EventLoop {
  /**
   * The mean lateness in milliseconds since the last call, over what should have run meanwhile: 0 when nothing was. A moment
   * in which nothing ran at all, such as that of a process that was suspended, is one of many, or the only one.
   */
  latenessMs(): number;
}
