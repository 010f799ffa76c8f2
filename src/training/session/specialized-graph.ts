import { expected } from '../../errors.js'
import type { ModelSession } from '../../model-session.js'
import type { Graph, Value } from '../../onnx/graph.js'
import { specialize } from '../../onnx/rewrite.js'
import { serializeModel } from '../../onnx/serialize.js'
import type { Tensor } from '../../tensor.js'

/** Loads model bytes into a runtime. */
export type SessionFactory = (model: Uint8Array, where: string) => Promise<ModelSession>

/** Sessions of this many different batch sizes stay loaded: a full batch, an epoch's last one, and evaluation's. */
const sessionsKept = 3

/**
 * A graph with symbolic batch sizes, run by sessions that each know theirs: lowering and runtime work with numbers only. The last
 * few sessions are kept.
 */
export class SpecializedGraph {
  private readonly sessions = new Map<string, Promise<ModelSession>>()

  constructor(
    private readonly graph: Graph,
    private readonly lower: (graph: Graph) => Graph,
    private readonly createSession: SessionFactory,
  ) {}

  /**
   * Runs the graph.
   *
   * @param feeds one tensor for each input of the graph
   * @throws E_SHAPE where a tensor is missing or does not fit
   */
  async run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>> {
    const sizes = bindSizes(this.graph.inputs, feeds)
    const session = await this.session(sizes)
    return session.run(feeds)
  }

  /** Frees all sessions. */
  async release(): Promise<void> {
    const sessions = [...this.sessions.values()]
    this.sessions.clear()
    for (const session of sessions) await (await session).release()
  }

  private async session(sizes: Readonly<Record<string, number>>): Promise<ModelSession> {
    const key = JSON.stringify(sizes)
    const session = this.sessions.get(key) ?? this.load(sizes)
    // Moved to the end: a Map keeps the order of insertion, so the first entry is the one that was used longest ago.
    this.sessions.delete(key)
    this.sessions.set(key, session)
    session.catch(() => this.sessions.delete(key))
    const [oldest] = this.sessions
    if (this.sessions.size > sessionsKept) {
      this.sessions.delete(oldest![0])
      await (await oldest![1]).release()
    }
    return session
  }

  private load(sizes: Readonly<Record<string, number>>): Promise<ModelSession> {
    const lowered = this.lower(specialize(this.graph, sizes))
    return this.createSession(serializeModel(lowered), `graph "${this.graph.name}"`)
  }
}

/** The numbers that the symbolic dimensions of the inputs stand for in these feeds. */
export function bindSizes(inputs: readonly Value[], feeds: Readonly<Record<string, Tensor>>): Record<string, number> {
  const sizes: Record<string, number> = {}
  for (const input of inputs) {
    const fed = feeds[input.name]
    if (!fed) throw expected('E_SHAPE', 'a tensor', `input "${input.name}"`, undefined)
    const fits =
      fed.type === input.type &&
      fed.dims.length === input.shape.length &&
      input.shape.every((dim, axis) => {
        if (typeof dim === 'number') return fed.dims[axis] === dim
        sizes[dim] ??= fed.dims[axis]!
        return sizes[dim] === fed.dims[axis]
      })
    if (!fits) {
      const bound = Object.entries(sizes).map(([name, size]) => ` where ${name} is ${size}`)
      throw expected(
        'E_SHAPE',
        `${input.type} [${input.shape}]${bound.join()}`,
        `input "${input.name}"`,
        `${fed.type} [${fed.dims}]`,
      )
    }
  }
  return sizes
}
