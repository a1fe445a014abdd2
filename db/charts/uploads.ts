/** Workbooks that people send, to be drawn, and delete. */
import { basename } from 'node:path/posix'
import type { Sql } from 'postgres'
import { recordAudit, type Actor } from '../audit/audit.ts'
import { auditedFile } from '../audit/audited-file.ts'
import { AppError } from '../../lib/errors.ts'
import { UNREADABLE_NAME, type Objects } from '../engines/objects/objects.ts'
import { isKey } from '../engines/objects/key.ts'
import { isAside, outputFiles, UPLOADS } from './keys.ts'
import { readChart } from './charts.ts'
import { announceChart, CHARTS_CHANGED, UPLOADS_CHANGED } from './claim-charts.ts'
import { claimGoneChart, forgetGoneChart } from './gone-charts.ts'

/** A mark that turns the direction of writing would show another ending than the name has. */
const DRAWN = /^[^.\p{Cc}\p{Bidi_C}][^\p{Cc}\p{Bidi_C}]*\.(xlsx|csv)$/iu

/** For uploads. A file's name has at most 255 bytes, with the suffix of refusalKey; a longer one would be cut. */
const MAX_NAME_BYTES = 240

/**
 * Stores a workbook where the poller looks; an earlier one of that name is replaced and drawn again. `file_name` is what
 * its owner calls it, with or without folders. Returns the chart's id, too. Throws AppError chart_name_invalid for what is
 * never drawn, chart_name_too_long.
 */
export async function uploadWorkbook(
  sql: Sql,
  objects: Objects,
  { name: file_name, bytes }: { name: string; bytes: Uint8Array },
  actor: Actor,
) {
  const name = basename(file_name.replaceAll('\\', '/')).trim()
  if (!DRAWN.test(name))
    throw new AppError('invalid', 'chart_name_invalid', {
      en: `"${name}" is not drawn; send a workbook whose name ends in .xlsx or .csv.`,
      pt: `"${name}" não vira gráfico; envie uma planilha cujo nome termine em .xlsx ou .csv.`,
    })
  const key = UPLOADS + name
  if (isAside(key))
    throw new AppError('invalid', 'chart_name_invalid', {
      en: `"${name}" is what a program leaves beside the workbook it has open; close the workbook and send it itself.`,
      pt: `"${name}" é o que um programa deixa ao lado da planilha que tem aberta; feche a planilha e envie a própria.`,
    })
  if (Buffer.byteLength(name) > MAX_NAME_BYTES)
    throw new AppError('invalid', 'chart_name_too_long', {
      en: `The name is longer than ${MAX_NAME_BYTES} bytes; send the workbook with a shorter one.`,
      pt: `O nome passa de ${MAX_NAME_BYTES} bytes; envie a planilha com um nome mais curto.`,
    })
  const { size_bytes, version } = await objects.put(key, bytes)
  const { target, details } = await auditedFile({ name, bytes })
  const id = await sql.begin(async (tx) => {
    const id = await announceChart(tx, { key, version })
    await recordAudit(tx, { ...actor, action: 'chart.uploaded', target, details: { id, key, version, ...details } })
    return id
  })
  return { id, key, name, size_bytes, version }
}

/**
 * Announces the workbooks that a bucket says were put, so that a poller need not find them; what is nobody's workbook or is gone by
 * now is left out. Returns how many were announced.
 */
export async function announceObjects(sql: Sql, objects: Objects, keys: string[]): Promise<number> {
  const drawn = [...new Set(keys)].filter((key) => key.startsWith(UPLOADS) && isKey(key) && !isAside(key))
  let announced = 0
  for (let at = 0; at < drawn.length; at += HEADS_AT_ONCE)
    for (const found of await Promise.all(drawn.slice(at, at + HEADS_AT_ONCE).map((key) => objects.head(key)))) {
      if (!found) continue
      await announceChart(sql, found)
      announced++
    }
  return announced
}

const HEADS_AT_ONCE = 16

/**
 * Deletes a workbook with all its charts. Throws AppError chart_not_found; chart_being_drawn while a version of it is drawn;
 * chart_name_unusable where only its owner can delete it.
 */
export async function deleteChart(sql: Sql, objects: Objects, id: string, actor: Actor): Promise<void> {
  const { source_key: key } = await readChart(sql, id)
  const [newest] = await sql<[{ version: string; busy: boolean }]>`
    select source_version as version,
      exists (select from charts where source_key = ${key} and state = 'drawing' and lease_until > now()) as busy
    from charts where source_key = ${key} order by id desc limit 1`
  if (newest.busy)
    throw new AppError('conflict', 'chart_being_drawn', {
      en: 'The workbook is being drawn; delete it in a moment.',
      pt: 'A planilha está sendo desenhada; exclua-a daqui a pouco.',
    })
  if (!isKey(key) || newest.version === UNREADABLE_NAME)
    throw new AppError('conflict', 'chart_name_unusable', {
      en: 'The name of the file cannot be used here. Delete or rename the file where it is; its chart goes by itself.',
      pt: 'O nome do arquivo não pode ser usado aqui. Exclua ou renomeie o arquivo onde ele está; o gráfico dele sai sozinho.',
    })
  await objects.delete(key)
  // Without a claim somebody draws it at this moment, or has sent it again: a poller does the rest.
  const claim = await claimGoneChart(sql, { key, version: newest.version }, { worker: 'api', lease_s: DELETION_S })
  if (claim?.output_key) for (const file of outputFiles(claim.output_key)) await objects.delete(file, { at_once: true })
  await sql.begin(async (tx) => {
    if (claim) await forgetGoneChart(tx, key, claim)
    // The same file, sent again, is one that a poller has not drawn.
    await tx`select pg_notify(${CHARTS_CHANGED}, ${UPLOADS_CHANGED})`
    const target = key.slice(UPLOADS.length)
    await recordAudit(tx, { ...actor, action: 'chart.deleted', target, details: { id, key } })
  })
}

/** Long enough to delete the files of a chart. */
const DELETION_S = 30
