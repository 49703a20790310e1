import { Command } from 'commander'
import { describe } from './command.ts'

await describe(new Command('k6-llm-relay')).parseAsync()
