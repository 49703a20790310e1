import type { Command } from 'commander'
import { describe } from '../../relay/command.ts'
import { explain } from '../command.ts'

export function add(program: Command) {
  explain(describe(program.command('relay')), {
    notes: `k6-llm run and demo start one by themselves. It forwards to what --allow names
and to nothing else. Proxies to the server are read from the environment.`,
    examples: [
      'k6-llm relay --allow http://localhost:8000',
      'k6-llm relay --allow https://api.example.com --port 0 --record requests.jsonl',
      'k6 run -e LLM_RELAY=http://127.0.0.1:9470 my-test.js',
    ],
    exitCodes: {
      0: 'it was ended by SIGTERM or SIGINT',
      1: 'it cannot listen: the message says why',
      2: 'wrong use, or a file that cannot be read',
    },
  })
}
