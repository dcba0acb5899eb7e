// How a telephone number is shown and dialled. Whose it is stands in the record.

/** 138 **** 5521 */
export function maskedPhone(phone: string): string {
  const digits = phone.replace(/\D/g, '');
  return digits.length < 7 ? '****' : `${digits.slice(0, 3)} **** ${digits.slice(-4)}`;
}

/** 3-4-4, the way people read a number aloud. */
export function spacedPhone(phone: string): string {
  const digits = phone.replace(/\D/g, '');
  return digits.length === 11 ? `${digits.slice(0, 3)} ${digits.slice(3, 7)} ${digits.slice(7)}` : phone;
}

export function telephone(phone: unknown): string {
  return `tel:${String(phone ?? '').replace(/[^\d+]/g, '')}`;
}
