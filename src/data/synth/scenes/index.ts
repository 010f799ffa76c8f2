import type { Scene } from '../scene.js'
import { agate } from './agate.js'
import { brush } from './brush.js'
import { city } from './city.js'
import { glass } from './glass.js'
import { isometric } from './isometric.js'
import { landscape } from './landscape.js'
import { map } from './map.js'
import { objects } from './objects.js'
import { patchwork } from './patchwork.js'
import { plants } from './plants.js'
import { ribbons } from './ribbons.js'
import { shelf } from './shelf.js'
import { space } from './space.js'
import { tiles } from './tiles.js'
import { underwater } from './underwater.js'
import { warped } from './warped.js'

/** All kinds of pictures. Their order is part of what a seed means: append, never reorder. */
export const scenes: readonly Scene[] = [
  landscape,
  objects,
  brush,
  glass,
  tiles,
  agate,
  ribbons,
  city,
  plants,
  map,
  underwater,
  warped,
  patchwork,
  space,
  shelf,
  isometric,
]
