import { expected } from '../../errors.js'
import type { ModelSession } from '../../model-session.js'
import type { Graph } from '../../onnx/graph.js'
import { specialize } from '../../onnx/rewrite.js'
import { serializeModel } from '../../onnx/serialize.js'
import type { Tensor } from '../../tensor.js'
import { bindSizes, checkFeedNames } from './bind-sizes.js'

/** Loads model bytes into a runtime. */
export type SessionFactory = (model: Uint8Array, where: string) => Promise<ModelSession>

/** Sessions of this many different batch sizes stay loaded: a full batch, an epoch's last one, and evaluation's. */
const sessionsKept = 3

/**
 * A graph with symbolic batch sizes, run by sessions that each know theirs: lowering and runtime work with numbers only. The last
 * few sessions are kept. It runs one thing at a time: callers wait for a run before they ask for the next.
 */
export class SpecializedGraph {
  /** In the order of their last use, the longest ago first: a Map keeps the order of insertion. */
  private readonly sessions = new Map<string, ModelSession>()

  constructor(
    private readonly graph: Graph,
    private readonly lower: (graph: Graph) => Graph,
    private readonly createSession: SessionFactory,
  ) {}

  /**
   * Runs the graph.
   *
   * @param feeds one tensor for each input of the graph
   * @throws E_SHAPE where a tensor is missing, unknown or does not fit
   */
  async run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>> {
    checkFeedNames(this.graph.inputs, feeds)
    const session = await this.session(bindSizes(this.graph.inputs, feeds))
    return session.run(feeds)
  }

  /** Frees all sessions. */
  async release(): Promise<void> {
    const sessions = [...this.sessions.values()]
    this.sessions.clear()
    for (const session of sessions) await session.release()
  }

  private async session(sizes: Readonly<Record<string, number>>): Promise<ModelSession> {
    const key = JSON.stringify(sizes)
    const session = this.sessions.get(key) ?? (await this.load(sizes))
    this.sessions.delete(key)
    this.sessions.set(key, session)
    const [oldest] = this.sessions
    if (this.sessions.size > sessionsKept) {
      this.sessions.delete(oldest![0])
      await oldest![1].release()
    }
    return session
  }

  private load(sizes: Readonly<Record<string, number>>): Promise<ModelSession> {
    return this.createSession(serializeModel(this.lower(this.specialized(sizes))), `graph "${this.graph.name}"`)
  }

  private specialized(sizes: Readonly<Record<string, number>>): Graph {
    try {
      return specialize(this.graph, sizes)
    } catch (cause) {
      // The graph fits while its sizes are symbols; which node stumbles over these tells a caller nothing.
      const received = Object.entries(sizes).map(([symbol, size]) => `${symbol} = ${size}`)
      const where = `graph "${this.graph.name}"`
      throw expected('E_SHAPE', 'batch sizes that fit together', where, received.join(', '), { cause })
    }
  }
}
