import type { Schemas } from '../../api/client.ts'
import { MATERIAL_NAMES } from './texts.ts'

export { MATERIAL_NAMES }
export type Material = Schemas['PackagingItem']['material']
export const MATERIALS = Object.keys(MATERIAL_NAMES) as Material[]
