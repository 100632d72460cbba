/** The server's types by short names. They are generated from its OpenAPI document: `npm run types`. */
import type { components } from './schema';

type Schemas = components['schemas'];

/** A card, and whose it is: a board may be of several companies. */
export type Card = Schemas['Card'] & { company: string };
/** What changed on a card, for who has the one before. */
export type Change = Schemas['Change'];
export type CardTechnician = Schemas['CardTechnician'];
export type CardException = Schemas['CardException'];
export type Packet = Schemas['Packet'];
export type Plan = Schemas['Plan'];
export type Progress = Schemas['Progress'];
export type FactRecord = Schemas['Record'];
export type Technician = Schemas['Technician'];
export type User = Schemas['User'];
export type Device = Schemas['DeviceView'];
export type DeviceState = Schemas['DeviceState'];
export type Settings = Schemas['Settings'];
export type Positions = Schemas['Positions'];
export type TravelPosition = Schemas['PositionView'];
export type DayView = Schemas['DayView'];
export type TechnicianDay = Schemas['TechnicianDay'];
export type Planned = Schemas['Planned'];
export type Candidate = Schemas['CandidateView'];
export type Conflict = Schemas['Conflict'];
export type ConflictKind = Schemas['ConflictKind'];
export type Workplace = Schemas['Workplace'];
export type Role = Schemas['Role'];
export type Desk = Schemas['Desk'];
export type HandOverView = Schemas['HandOverView'];
export type Invitation = Schemas['Invitation'];
export type InvitationWithCode = Schemas['InvitationWithCode'];
export type EscalationPolicy = Schemas['EscalationPolicy'];
export type VisitRow = Schemas['VisitRow'];
export type Audit = Schemas['Audit'];
export type LogLine = Schemas['LogLine'];
export type GateEffect = Schemas['GateEffect'];
export type GatePolicy = Schemas['GatePolicy'];
export type TimeEntry = Schemas['TimeEntry'];
export type OfferedCode = Schemas['OfferedCode'];
export type Window = Schemas['Window'];
export type SessionView = Schemas['SessionView'];
export type BrowserSession = Schemas['BrowserSession'];
export type VisitStatus = Schemas['VisitStatus'];
export type Status = Schemas['Status'];
export type Problem = Schemas['Problem'];
