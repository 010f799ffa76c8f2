import { expected, type LocatorError } from '../../errors.js'

/** The error of a pickle that asks for more than tensors, which would mean to run code of the file. */
export function refusedPickle(what: string, source: string): LocatorError {
  return expected('E_MODEL', 'nothing but tensors', source, what, {
    hint: 'Nothing of it was run. Save the tensors alone, torch.save(model.state_dict(), path), or use safetensors.',
  })
}
