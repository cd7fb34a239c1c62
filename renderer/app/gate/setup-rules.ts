import { password, username } from '#contract/auth.contract.ts';

export interface NewPerson {
  username: string;
  name: string;
  password: string;
  repeat: string;
}
export type PersonProblem = 'username' | 'name' | 'password' | 'repeat' | 'sameUsername' | 'samePassword';

/** What is wrong with each of the new administrators (null: nothing); they are different people. */
export function setupProblems(people: readonly NewPerson[]): (PersonProblem | null)[] {
  return people.map((person, index) => {
    const before = people.slice(0, index);
    if (!username.safeParse(person.username).success) return 'username';
    if (before.some((other) => other.username.trim() === person.username.trim())) return 'sameUsername';
    if (person.name.trim() === '') return 'name';
    if (!password.safeParse(person.password).success) return 'password';
    if (person.repeat !== person.password) return 'repeat';
    if (before.some((other) => other.password === person.password)) return 'samePassword';
    return null;
  });
}
