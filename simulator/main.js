import { Command } from 'commander'
import { addSimulator, WRONG_USE } from './command.js'

const program = new Command('node simulator/main.js')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : WRONG_USE))
  .showSuggestionAfterError()
addSimulator(program, 'node simulator/main.js')
await program.parseAsync()
