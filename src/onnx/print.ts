import { escapeControls } from '../errors.js'
import { elementCount } from '../tensor.js'
import { shortestFloat32 } from './float32.js'
import { type AttributeValue, formatType, type Graph, type Node } from './graph.js'

/** A readable dump: one line a value, one line a node, in order. Equal graphs print alike. */
export function printGraph(graph: Graph): string {
  const lines = [
    `graph "${graph.name}" (${Object.entries(graph.opsets)
      .map(([domain, version]) => `${domain || 'ai.onnx'} ${version}`)
      .join(', ')})`,
  ]
  for (const input of graph.inputs) lines.push(`  input  ${input.name}: ${formatType(input)}`)
  for (const [name, value] of graph.initializers) {
    const content =
      elementCount(value.dims) <= 8
        ? ` = ${Array.from(value.data as ArrayLike<number | bigint>, value.type === 'float32' ? printFloat : String).join(' ')}`
        : ''
    lines.push(`  const  ${name}: ${value.type}[${value.dims}]${content}`)
  }
  for (const node of graph.nodes) lines.push(`  ${printNode(graph, node)}`)
  for (const output of graph.outputs) lines.push(`  output ${output.name}: ${formatType(output)}`)
  for (const fn of graph.functions) {
    lines.push(`function ${fn.domain}.${fn.name}(${fn.inputs.join(', ')}) -> (${fn.outputs.join(', ')})`)
    for (const node of fn.nodes) lines.push(`  ${node.outputs.join(', ')} = ${printCall(node)}`)
  }
  return `${lines.map(escapeControls).join('\n')}\n`
}

function printNode(graph: Graph, node: Node): string {
  const outputs = node.outputs.map(name => {
    const value = graph.values.get(name)
    return value ? `${name}: ${formatType(value)}` : '_'
  })
  return `${outputs.join(', ')} = ${printCall(node)}`
}

function printCall(node: Node): string {
  const attributes = Object.entries(node.attributes).map(([name, value]) => `${name}=${printAttribute(value)}`)
  const operator = node.domain === '' ? node.opType : `${node.domain}.${node.opType}`
  return `${operator}${attributes.length > 0 ? `<${attributes.join(', ')}>` : ''}(${node.inputs.map(name => name || '_').join(', ')})`
}

function printAttribute(value: AttributeValue): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return printFloat(value)
  if (Array.isArray(value)) return `[${value.map(printAttribute).join(',')}]`
  if ('reference' in value) return `@${value.reference}`
  return 'dims' in value ? `${value.type}[${value.dims}]` : String(value)
}

/** Whole numbers and what is not finite as they are, others as short as float32 allows. */
function printFloat(value: number | bigint): string {
  return String(typeof value === 'number' && !Number.isInteger(value) ? shortestFloat32(value) : value)
}
