// What k6's manual calls the types of a load test, in sizes of a service that answers with a
// language model. They are made when they are asked for: few scripts use one.

/** How long an iteration may take to its end; the reason is in profiles.ts. */
const ANSWER = '305s'

/** Does it work at all: one user for a minute, before anything larger. */
export const smoke = {
  executor: 'constant-vus' as const,
  vus: 1,
  duration: '1m',
  gracefulStop: ANSWER,
}

/** An ordinary day: up to 10 users, 15 min at that. */
export const average = {
  executor: 'ramping-vus' as const,
  startVUs: 1,
  stages: [
    { duration: '2m', target: 10 },
    { duration: '15m', target: 10 },
    { duration: '1m', target: 0 },
  ],
  gracefulRampDown: ANSWER,
  gracefulStop: ANSWER,
}

/** More than an ordinary day: up to 30 users in steps, 10 min at that. */
export const stress = {
  executor: 'ramping-vus' as const,
  startVUs: 1,
  stages: [
    { duration: '2m', target: 10 },
    { duration: '3m', target: 10 },
    { duration: '2m', target: 30 },
    { duration: '10m', target: 30 },
    { duration: '2m', target: 0 },
  ],
  gracefulRampDown: ANSWER,
  gracefulStop: ANSWER,
}

/** All at once: 5 users, 50 within 10 s for a minute, then 5 again: does it recover? */
export const spike = {
  executor: 'ramping-vus' as const,
  startVUs: 5,
  stages: [
    { duration: '2m', target: 5 },
    { duration: '10s', target: 50 },
    { duration: '1m', target: 50 },
    { duration: '10s', target: 5 },
    { duration: '3m', target: 5 },
    { duration: '10s', target: 0 },
  ],
  gracefulRampDown: ANSWER,
  gracefulStop: ANSWER,
}

/**
 * 24 hours at 5 users: leaks, rotating logs, nightly jobs. k6 keeps each sample of a Trend, some
 * 360 bytes a request: with a request in 5 s from each user 86,400 requests, 30 MB.
 */
export const soak = {
  executor: 'ramping-vus' as const,
  startVUs: 1,
  stages: [
    { duration: '5m', target: 5 },
    { duration: '1430m', target: 5 },
    { duration: '5m', target: 0 },
  ],
  gracefulRampDown: ANSWER,
  gracefulStop: ANSWER,
}

/**
 * Where does it break: from 1 to 50 requests per second in 25 min, whatever the answers take. Give
 * it a threshold that ends the run: `llm_failed: [{ threshold: 'rate<0.05', abortOnFail: true }]`.
 * `sweep` finds the most that a service does within its goals.
 */
export const breakpoint = {
  executor: 'ramping-arrival-rate' as const,
  startRate: 1,
  timeUnit: '1s',
  preAllocatedVUs: 50,
  maxVUs: 300,
  stages: [{ duration: '25m', target: 50 }],
  gracefulStop: ANSWER,
}
