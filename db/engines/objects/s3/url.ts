/** OBJECTS_URL: `s3://bucket?endpoint=http://host:port&region=us-east-1`; without an endpoint the bucket is on AWS. */

export interface S3Address {
  bucket: string
  /** Of a server other than AWS's. */
  endpoint: string | undefined
  region: string
}

export const DEFAULT_REGION = 'us-east-1'

/** Reads the URL, and says what is wrong with it, a sentence each, which never holds the URL itself. */
export function readS3Url(text: string): { address: S3Address; problems: string[] } {
  const url = new URL(text)
  const problems: string[] = []
  const bucket = url.hostname
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket))
    problems.push('names no bucket that S3 allows; a bucket has 3 to 63 small letters, digits, dots and hyphens.')
  if (url.username || url.password || url.port)
    problems.push('should be s3://bucket?endpoint=…; keys go to AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.')
  if (url.pathname !== '' && url.pathname !== '/') problems.push('has a path after the bucket; give a bucket alone.')
  const endpoint = url.searchParams.get('endpoint') ?? undefined
  if (endpoint !== undefined && !isEndpoint(endpoint))
    problems.push('has an endpoint that is no http:// or https:// address of a server, without path and password.')
  for (const name of new Set(url.searchParams.keys()))
    if (name !== 'endpoint' && name !== 'region')
      problems.push(`has a parameter ${name} that is not known; endpoint and region are.`)
  return { address: { bucket, endpoint, region: url.searchParams.get('region') || DEFAULT_REGION }, problems }
}

function isEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, pathname, search, hash, username, password } = new URL(text)
  return /^https?:$/.test(protocol) && pathname === '/' && search + hash + username + password === ''
}
