/** The one part of node-onvif that the driver uses: its SOAP reader (xml2js, namespace prefixes dropped). */
declare module 'node-onvif/lib/modules/soap.js' {
  const soap: { parse(xml: string): Promise<unknown> };
  export default soap;
}
