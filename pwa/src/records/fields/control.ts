// What every control of a form is given. How one looks is the control's own business.
import type { Field, Json, Values } from '../declared';

export interface ControlProps {
  id: string;
  kind: string;
  field: Field;
  value: Json | undefined;
  values: Values;
  change: (value: Json) => void;
  /** Changes another field of the form, where the control asks for it too. */
  set?: ((field: string, value: Json) => void) | undefined;
  invalid: boolean;
  described: string | undefined;
  label: string;
  /** The value before this form, for controls that must not touch what is already there. */
  before?: Json | undefined;
}
