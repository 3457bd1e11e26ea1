// Objects as YAML, in the form of `aliasctl export`. What writes it is fetched when it is first needed.
export async function yamlOf(value: unknown): Promise<string> {
  const { stringify } = await import('yaml');
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}

export type Section = 'aliases' | 'access_groups' | 'organizations' | 'teams';

/** A file of the catalogue with one object: what is empty is left out. */
export const fileOf = (section: Section, name: string, fields: object) => () => {
  const said = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return yamlOf({ version: 1, [section]: { [name]: Object.fromEntries(said) } });
};
