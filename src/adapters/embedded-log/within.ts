/** What `promise` gives, or a rejection with `late()` when it takes longer. */
export const within = <Value>(deadlineMs: number, promise: Promise<Value>, late: () => Error): Promise<Value> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), deadlineMs);
    void promise.then(resolve, reject).then(() => clearTimeout(timer));
  });
