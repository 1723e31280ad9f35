export { folderReader } from './folder-reader.js';
