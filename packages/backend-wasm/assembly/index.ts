export { constantsEnd, parallel, serial, work } from './scheduler';
