import type { BodyForm } from '../body/body-form.ts';
import type { ResponseJudge } from '../http/judge-response.ts';
import type { HttpRequest } from '../http/send-request.ts';
import type { LandedObject } from '../ledger/items.ts';
import type { ResourceState } from '../ledger/resource-state.ts';
import type { CompiledResource } from '../source/source.ts';
import type { UnitLanding } from './landing.ts';
import type { FetchPorts } from './ports.ts';
import type { Progress } from './progress.ts';

/** One resource on its way, for itself or as the parent of another. */
export interface Run {
  resource: CompiledResource;
  /** Of a parent: the resource that its records are the slices of. Nothing of it lands. */
  asker?: string;
  scheduledAt: string;
  /** Where windows end. */
  startedAt: Date;
  ports: FetchPorts;
  /** As it was committed last. */
  state: ResourceState;
  /** A complete listing: nothing is known of earlier ones, and nothing is left out because it is too new. */
  isListing: boolean;
  progress: Progress;
  judge: ResponseJudge;
  form: BodyForm;
  /** What a request counts in the budget. */
  weigh: (request: HttpRequest, slices: number) => number;
  openUnit: (kept?: LandedObject[]) => UnitLanding;
  /** Sees every record before anything is left out. */
  onRecord?: ((record: unknown) => void) | undefined;
}
