/** Runs tasks one after the other in the order of their arrival: runtimes do not overlap runs, and memory stays that of one. */
export class TaskQueue {
  private last: Promise<unknown> = Promise.resolve()

  /** The task's result. A task that fails does not keep the next from running. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.last.then(task)
    this.last = result.catch(() => {})
    return result
  }
}
