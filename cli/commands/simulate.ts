import type { Command } from 'commander'
import { addSimulator } from '../../simulator/command.ts'

export function add(program: Command) {
  const command = program
    .command('simulate')
    .summary('an LLM server with known timing and faults on demand')
  addSimulator(command, 'k6-llm simulate')
}
