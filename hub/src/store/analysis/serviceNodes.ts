import type { FilterableService } from '@sightline/telemetry/language/filterExpressionMatch';

/** Numbers for services, so that columns can hold them: two services have the same number where all about them is the same. */
export class ServiceNodes {
  readonly #numbers = new Map<string, number>();
  readonly #services: FilterableService[] = [];

  get count(): number {
    return this.#services.length;
  }

  numberOf(service: FilterableService): number {
    const { name, type, accountId, otherNames } = service;
    // Nearly all services have a name and a type and no more.
    const key =
      accountId === undefined && otherNames === undefined
        ? `${type ?? ''}\n${name}`
        : JSON.stringify([name, type, accountId, otherNames]);
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#services.push(service) - 1;
      this.#numbers.set(key, number);
    }
    return number;
  }

  at(number: number): FilterableService {
    return this.#services[number] as FilterableService;
  }
}
