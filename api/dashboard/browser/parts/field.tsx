/** A labelled text field, with what it takes and what is wrong with it told to screen readers, too. */
import { FieldError, Input, Label, Text, TextField, type TextFieldProps } from 'react-aria-components/TextField'

interface Props extends Omit<TextFieldProps, 'children' | 'className' | 'style'> {
  label: string
  hint?: string
  /** Says why the value does not fit. */
  problem?: string | undefined
  placeholder?: string
}

export function Field({ label, hint, problem, placeholder, ...props }: Props) {
  return (
    // Not `isInvalid={false}`, which would hide what the browser finds.
    <TextField {...props} {...(problem !== undefined && { isInvalid: true })} className="field">
      <Label>{label}</Label>
      <Input {...(placeholder !== undefined && { placeholder })} />
      {hint && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <FieldError className="field-problem">{problem}</FieldError>
    </TextField>
  )
}
