import type { Finding } from './finding.ts'
import type { Exchange } from './request.ts'

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/

/**
 * Why there was no answer, and what helps: the guide's chapter on troubleshooting.
 *
 * @param seen that failed before its headers
 */
export function noAnswer({ url, error, at }: Exchange): Finding {
  const { code, message } = error ?? { code: '', message: '' }
  const { host, hostname, protocol, port } = new URL(url)
  const local = /^(localhost|127\.|\[::1\])/.test(hostname)
  if (code === 'ECONNREFUSED') {
    return {
      check: 'connection',
      level: 'fail',
      found: `${host} refuses connections: nothing listens there`,
      means: 'every request would fail as "connect"',
      todo:
        'is it running (docker compose ps, docker compose logs), and on this port ' +
        `(ss -tlnp, netstat -tulpn)?${local ? ' In a container localhost is the container itself: use --network=host, or the name of the service' : ' Is the port published?'}`,
    }
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return {
      check: 'dns',
      level: 'fail',
      found: `no address is known for ${hostname} (${code})`,
      means: 'every request would fail as "dns"',
      todo: 'check the name; names of Docker services are known inside their network only',
    }
  }
  if (code === 'EPROTO' || /wrong version number|packet length too long/i.test(message)) {
    return {
      check: 'tls',
      level: 'fail',
      found: `${host} speaks no TLS on this port`,
      means: 'every request would fail as "tls"',
      todo: `use http://${host}`,
    }
  }
  if (CERTIFICATE.test(code)) {
    return {
      check: 'tls',
      level: 'fail',
      found: `the certificate of ${host} is not accepted (${code})`,
      means: 'every request would fail as "tls"',
      todo:
        'for a test of your own: export const options = { insecureSkipTLSVerify: true }, or ' +
        'k6 run --insecure-skip-tls-verify; look again with --insecure',
    }
  }
  if (code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH') {
    const connected = at.connect !== undefined
    return {
      check: 'timeout',
      level: 'fail',
      found: connected
        ? `${host} took the connection and then gave ${message || 'no answer'}`
        : `no connection to ${host} (${message || code})`,
      means: 'every request would fail as "timeout"',
      todo: connected
        ? 'the server is overloaded, loads a model, or hangs: look at its log; more time: --timeout 120s'
        : 'a firewall, a wrong address, or no route: try it from the machine of the server',
    }
  }
  if (code.startsWith('HPE_')) {
    return {
      check: 'connection',
      level: 'fail',
      found: `what answers at ${host} is no HTTP (${code})`,
      means: 'no request can be read there',
      todo: `check the port${port ? ` ${port}` : ''}; gRPC and databases answer so`,
    }
  }
  return {
    check: 'connection',
    level: 'fail',
    found: `${host} cut the connection before it answered (${code}: ${message})`,
    means: 'every request would fail as "reset"',
    todo:
      protocol === 'http:'
        ? `does this port want https://? Else look at the log of the server or its proxy`
        : 'look at the log of the server or its proxy',
  }
}
