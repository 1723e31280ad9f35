/** What computes, for people. */
export function describeAdapter({
  vendor,
  architecture,
  device,
  description,
}: GPUAdapterInfo): string {
  const parts = [description || device, [vendor, architecture].filter(Boolean).join(' ')];
  const known = parts.filter(Boolean);
  return known.length === 2 ? `${known[0]} (${known[1]})` : (known[0] ?? 'unnamed GPU');
}

/** Whether it is a program on the processor (SwiftShader, llvmpipe, WARP): right, and slower than WebAssembly. */
export function isSoftwareAdapter(info: GPUAdapterInfo): boolean {
  const { vendor, architecture, device, description } = info;
  // Newer hosts have it.
  const { isFallbackAdapter } = info as { readonly isFallbackAdapter?: boolean };
  const words = [vendor, architecture, device, description].join(' ');
  return (
    isFallbackAdapter === true ||
    /swiftshader|llvmpipe|lavapipe|softpipe|basic render|\bwarp\b/i.test(words)
  );
}

export const NO_ADAPTER =
  'WebGPU is there but gives no adapter: there is no GPU, or its driver is too old or switched off; ' +
  'on Linux it needs Vulkan (libvulkan1 and the driver of the GPU)';

/**
 * Asks for the fastest adapter.
 *
 * @throws where there is none, and says what to do
 */
export async function findAdapter(gpu: GPU | undefined): Promise<GPUAdapter> {
  if (!gpu) {
    throw new Error(
      'registerWebGpuBackend: navigator.gpu must be there, because WebGPU is reached through it; take a browser of 2024 or ' +
        'later and a page over https or on localhost, in Node call `provideWebGpu()` of @hifigan/backend-webgpu/node first, ' +
        'or take another backend',
    );
  }
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new Error(`registerWebGpuBackend: ${NO_ADAPTER}`);
  }
  return adapter;
}
