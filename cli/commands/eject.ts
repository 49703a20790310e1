import type { Command } from 'commander'
import { EXIT, explain, whenCalled } from '../command.ts'
import {
  checkPlace,
  commandFrom,
  type LibraryPlace,
  libraryAt,
  PLACES_TEXT,
  stepsFor,
} from '../init/library.ts'
import type { Placed } from '../init/place.ts'

interface Options {
  library: string
  force?: true
  json?: true
}

export function add(program: Command) {
  const command = program
    .command('eject')
    .summary('an example in a folder of yours, ready to run and to change')
    .description(
      'Writes an example with the data that it opens into a folder, with imports that resolve there. ' +
        'With the library copied beside it, the folder is all that k6 or Docker needs. Without a ' +
        'name it lists the examples.',
    )
    .argument('[example]', 'name of the example, such as load-test')
    .argument('[folder]', 'where to', '.')
    .option('--library <where>', PLACES_TEXT, 'copy')
    .option('--force', 'overwrite files that are there')
    .option('--json', 'print what was written as JSON')
  explain(command, {
    examples: [
      'k6-llm eject',
      'k6-llm eject load-test load',
      'k6-llm eject sessions --library package',
    ],
    exitCodes: {
      0: 'the files are there',
      1: 'a file is there and differs, or cannot be written; nothing was changed',
      2: 'wrong use, an unknown example among it',
    },
  })
  whenCalled(command, async (given: string | undefined, folder: string, options: Options) => {
    const { checkExample, exampleFiles, exampleNames } = await import('../eject/examples.ts')
    const { library: where } = options
    const library = checkPlace(where)
    if (given === undefined) {
      const names = exampleNames()
      process.stdout.write(options.json ? `${JSON.stringify(names)}\n` : `${names.join('\n')}\n`)
      return EXIT.ok
    }
    const example = checkExample(given)
    const { address, files } = libraryAt(library, folder, '')
    const { placeFiles } = await import('../init/place.ts')
    const written = await placeFiles(
      folder,
      { ...exampleFiles(example, address), ...files },
      () => options.force === true,
    )
    process.stdout.write(
      options.json
        ? `${JSON.stringify({ folder, example, library, files: written })}\n`
        : next(written, example, folder, library),
    )
    return EXIT.ok
  })
}

function next(written: Placed[], example: string, folder: string, library: LibraryPlace): string {
  const steps = [
    ...stepsFor(library, folder),
    `k6 run -e BASE_URL=http://localhost:8000 ${example}.js`,
  ]
  const docker = `docker run --rm -v $PWD:/scripts grafana/k6 run -e BASE_URL=… /scripts/${example}.js`
  return `${written.map(({ path, state }) => `${state.padEnd(12)}${path}`).join('\n')}

Next:
${steps.map((step) => `  ${step}\n`).join('')}  ${commandFrom(folder)} run -e BASE_URL=… ${example}.js   # sees tokens arrive
${library === 'copy' ? `  ${docker}\n` : ''}`
}
