/** What the document of the API shows as requests. */
export const exampleOfPlainEvent = { type: 'order.placed', source: 'shop', payload: { orderId: 'A-1' } };

export const exampleOfCloudEvent = {
  specversion: '1.0',
  id: 'A-1',
  type: 'order.placed',
  source: 'https://shop.example/eu',
  time: '2030-01-31T12:00:00Z',
  datacontenttype: 'application/json',
  data: { orderId: 'A-1' },
};
