import { addSimulator } from '../../simulator/command.js'

/** @param {import('commander').Command} program */
export function add(program) {
  const command = program
    .command('simulate')
    .summary('an LLM server with known timing and faults on demand')
  addSimulator(command, 'k6-llm simulate')
}
