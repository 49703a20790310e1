import type { CauseId, Symptom } from '../../advice.ts'

/**
 * Symptoms, their likely causes and what helps, in whole sentences. They are general: which one it
 * is, the server's own figures tell (docs/reports.md).
 */
export const advice = {
  title: 'Likely causes',
  /** Before a cause that the run itself shows. */
  seen: 'seen in this run',
  symptoms: {
    unmeasured: 'Nothing was measured',
    errors: 'Failed requests',
    ttft: 'Late first token',
    tpot: 'Slow or uneven tokens',
    duration: 'Long answers',
    goodput: 'Too few good requests',
    throughput: 'Low throughput',
    switch: 'Model switches',
    api: 'Slow API calls',
    generator: 'The load generator',
  } satisfies { readonly [S in Symptom]: string },
  causes: {
    'no-extension': {
      cause: "Stock k6's HTTP does not see tokens arrive.",
      remedy:
        'Run it by k6-llm run, which starts the relay, or give one: -e LLM_RELAY=http://127.0.0.1:9470 (k6-llm relay).',
    },
    'no-request': {
      cause: 'No request came to its end.',
      remedy: 'Look for errors in the output of k6, and at BASE_URL, API and MODEL.',
    },
    'all-failed': {
      cause: 'Every request failed, and only a success has times.',
      remedy:
        'The failures by kind say how. k6-llm doctor ADDRESS asks once and shows the answer of the server.',
    },
    'held-back': {
      cause: 'The proxy buffered the streams: a pace of tokens that all came at once is its own.',
      remedy: 'nginx: proxy_buffering off; no gzip on streams; pass chunks on as they come.',
    },
    'no-usage': {
      cause: 'The server counts no tokens, so there is no TPOT.',
      remedy: 'Let it send usage in streams (stream_options.include_usage).',
    },
    'no-tag': {
      cause: 'The goal names a tag that no sample has.',
      remedy: "Compare the goal's tags with those of the client and its requests.",
    },
    'rate-limit': {
      cause: 'The server refused requests (HTTP 429).',
      remedy: 'Raise the limit of the gateway or its queue for the test, or ask for a lower rate.',
    },
    timeout: {
      cause: 'Answers took longer than the timeout of the client.',
      remedy:
        'See whether the time goes into waiting (TTFT) or generating (TPOT); raise timeout only if users would wait as long.',
    },
    abandoned: {
      cause: 'Users left before anything came (patience).',
      remedy: 'See where the time goes: waiting (TTFT), a full batch, or a model that is loaded.',
    },
    connect: {
      cause: 'Connections were refused, or no way led there.',
      remedy:
        'See whether the server runs on this address and port and did not restart meanwhile; look at listen backlog and open-file limit.',
    },
    dns: {
      cause: 'The name of the server is not known here.',
      remedy:
        'Check the name in BASE_URL; names of containers are known inside their network only.',
    },
    tls: {
      cause: 'The certificate was not accepted, or the port speaks no TLS.',
      remedy: 'Check https:// and the port; insecureSkipTLSVerify is for a test of your own.',
    },
    reset: {
      cause: 'Connections were cut off.',
      remedy:
        'See whether the server restarted meanwhile; look at open-file limit and idle timeouts of proxies.',
    },
    relay: {
      cause: 'The relay was not there, or refused the address.',
      remedy:
        'See that it runs until k6 has ended and was started with --allow for this address; k6-llm run sees to both.',
    },
    'server-error': {
      cause: 'The server or the gateway answered with an error of its own (HTTP 5xx).',
      remedy: 'Read its log at that time; 502 and 504 are of the proxy in front of it.',
    },
    'out-of-memory': {
      cause: 'The GPU ran out of memory.',
      remedy:
        'Lower --gpu-memory-utilization, --max-num-seqs or --max-model-len, or take a smaller or quantised model.',
    },
    'client-error': {
      cause:
        'The server refused the request (HTTP 4xx): path, model name, token, or what it asks for.',
      remedy:
        'k6-llm doctor ADDRESS asks once and shows why; through the relay (k6-llm run) a report has the words of the server.',
    },
    redirect: {
      cause: 'The server sends elsewhere (HTTP 3xx), which is not followed.',
      remedy: 'Give the address that it sends to.',
    },
    unreadable: {
      cause:
        'What came was no answer of this API: a page, another wire, or an error after HTTP 200.',
      remedy: 'See API and BASE_URL; k6-llm doctor ADDRESS asks once and shows what comes.',
    },
    truncated: {
      cause: 'Streams ended before the answer did.',
      remedy: 'Look at idle and total timeouts of proxies and at restarts of the server.',
    },
    'stream-error': {
      cause: 'The server reported an error inside a stream that began well.',
      remedy: 'Read its log: out of memory and aborted engines show there.',
    },
    'too-large': {
      cause: 'Answers were larger than what is kept.',
      remedy: 'Limit max_tokens, or raise --max-answer of the relay.',
    },
    'other-http': {
      cause:
        'HTTP requests outside of the chat client failed: a login, a management API, a monitor.',
      remedy: 'The checks of the script tell which; http_req_failed has them all.',
    },
    checks: {
      cause: 'Checks of the script failed.',
      remedy: 'Those that did are listed with the figures.',
    },
    uncounted: {
      cause: 'Failures were not counted by kind, so why they failed is not known.',
      remedy: 'toThresholds counts them; else merge errorKindThresholds into the thresholds.',
    },
    queue: {
      cause: 'Requests wait for a place in the batch.',
      remedy:
        'Fewer requests at the time, a larger --max-num-seqs where memory allows, or another replica. The server tells its waiting requests: add createServerMonitor.',
    },
    'long-prompt': {
      cause: 'Long prompts take long to read before the first token.',
      remedy:
        'Shorten them, turn prefix caching on where they begin alike, and see that the test has the lengths of your users.',
    },
    cold: {
      cause: 'The model was being loaded, or its first requests compile and fill caches.',
      remedy: 'Keep it loaded (Ollama: keep_alive), and warm up before measuring.',
    },
    buffered: {
      cause: 'A proxy or gateway holds the stream back.',
      remedy: 'nginx: proxy_buffering off; no gzip on streams; pass chunks on as they come.',
    },
    connection: {
      cause: 'Opening the connection takes a good part of the time.',
      remedy:
        'k6/x/sse opens one for each stream; the relay keeps them open, as clients do (k6-llm run). Compare with llm_connect, or measure nearer to the server.',
    },
    thinking: {
      cause: 'The model reasons before it answers (time to first output, not TTFT).',
      remedy: 'Limit the reasoning effort, or show the reasoning to the user.',
    },
    batch: {
      cause: 'Many requests in one batch make each step slower.',
      remedy:
        'Lower --max-num-seqs for faster tokens at less throughput, or spread the load over more GPUs or replicas.',
    },
    'cache-full': {
      cause: 'The KV cache is full: requests are preempted and computed again.',
      remedy:
        'Raise --gpu-memory-utilization, lower --max-model-len or --max-num-seqs, or quantise the cache.',
    },
    'prefill-mix': {
      cause: 'Long prompts of other requests interrupt the generation.',
      remedy: 'Use chunked prefill with a smaller --max-num-batched-tokens.',
    },
    'slow-model': {
      cause: 'The model is as fast as it gets on this hardware.',
      remedy:
        'Quantise it, use tensor parallelism or speculative decoding, or take a smaller one. One user alone shows the floor.',
    },
    'long-answer': {
      cause: 'Answers are longer than the goal allows: duration is TTFT + (tokens − 1) × TPOT.',
      remedy:
        'Limit max_tokens, or set goals for TTFT and TPOT instead, which do not depend on the length.',
    },
    'short-answer': {
      cause: 'Answers are short, so there are few tokens.',
      remedy: 'See max_tokens and the prompts of the test.',
    },
    'few-users': {
      cause:
        'Users wait for their answer before they ask again: n users get n / duration requests/s at most.',
      remedy:
        'More users, or a scenario with a rate (constant-arrival-rate), to find what the server can do.',
    },
    errors: {
      cause: 'Requests that failed do not count as good.',
      remedy: 'Look at the failures by kind first.',
    },
    'load-failed': {
      cause: 'The new model could not be loaded: its name, memory, or MODEL_SWITCH_TIMEOUT.',
      remedy: 'Read the error of the switch in the output of k6, and the log of the server.',
    },
    'slow-disk': {
      cause: 'The weights come from a slow disk or over the network.',
      remedy:
        'Keep them on a local disk or in the page cache; sleep and wake (vLLM) instead of loading anew.',
    },
    'memory-occupied': {
      cause: 'The old model has to leave the GPU first.',
      remedy: 'Give both a place (less memory each), or keep models apart on other GPUs.',
    },
    'running-requests': {
      cause: 'The switch waits for requests that still run.',
      remedy: 'Limit max_tokens, or drain them before the switch.',
    },
    'start-up': {
      cause: 'The engine starts anew: compilation, CUDA graphs, a profile run.',
      remedy: 'Cache the compilation, or start with --enforce-eager where that is good enough.',
    },
    gateway: {
      cause: 'The gateway is busy: workers, database connections, a blocking call.',
      remedy:
        'More workers (uvicorn --workers), a larger connection pool, no blocking call in async code.',
    },
    'busy-machine': {
      cause: 'The machine that runs k6 was too busy to read in time.',
      remedy: 'Fewer users on it, a larger one, or nothing else beside k6.',
    },
    'busy-relay': {
      cause: 'The relay had no CPU left, and noted tokens or passed answers on late.',
      remedy: 'Give it more --workers or a machine of its own, or take fewer users.',
    },
    'few-vus': {
      cause: 'No user was free to start an iteration in time.',
      remedy: 'Raise preAllocatedVUs and maxVUs, or ask for a lower rate.',
    },
  } satisfies { readonly [C in CauseId]: { cause: string; remedy: string } },
}
